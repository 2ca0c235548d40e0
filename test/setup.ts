import { afterAll } from 'vitest'
import { endFile } from './ends.ts'

// Runs for each test file, also where several share a process and what they import.
afterAll(endFile)
