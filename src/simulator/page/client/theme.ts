import { useEffect, useState } from 'react'

/** Whether the system asks for dark colours; follows when that changes. */
export function useIsDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [isDark, setDark] = useState(query.matches)
  useEffect(() => {
    const follow = () => setDark(query.matches)
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  })
  return isDark
}
