/** A person's place in one group. */
export type Role = 'member' | 'facilitator' | 'supervisor'

/**
 * The people who may do something. `anyone` is any person of the organisation; `group` means one of
 * the roles in the group that the input names; `own` means the row belongs to the person; `system`
 * is never reachable from a platform.
 */
export type AccessRule =
  | { who: 'anyone' }
  | { who: 'staff' }
  | { who: 'admin' }
  | { who: 'supervisor' }
  | { who: 'group'; roles: readonly Role[] }
  | { who: 'system' }

/**
 * A person's roles as the store knows them at the moment of the action. `roleInGroup` is null
 * outside the group.
 */
export type Standing = {
  isStaff: boolean
  isAdmin: boolean
  isSupervisor: boolean
  roleInGroup: Role | null
}

/** Whether the rule lets this person act. */
export function isAllowed(rule: AccessRule, standing: Standing): boolean {
  switch (rule.who) {
    case 'anyone':
      return true
    case 'staff':
      return standing.isStaff
    case 'admin':
      return standing.isAdmin
    case 'supervisor':
      return standing.isSupervisor
    case 'group':
      return standing.roleInGroup !== null && rule.roles.includes(standing.roleInGroup)
    case 'system':
      return false
  }
}

/** The role words that a refusal names. */
export function rolesNamed(rule: AccessRule): readonly (Role | 'staff' | 'admin')[] {
  if (rule.who === 'group') return rule.roles
  if (rule.who === 'staff' || rule.who === 'admin' || rule.who === 'supervisor') return [rule.who]
  return []
}
