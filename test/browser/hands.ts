import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Somebody at the page: with a pointer, or with the keyboard alone. */
export type PageHands = {
  press(target: Locator): Promise<void>
  /** Checks a box or chooses a radio button. */
  choose(target: Locator): Promise<void>
  /** Chooses in a list that opens, by an option's label. */
  pick(target: Locator, label: string): Promise<void>
  /** Replaces what stands in a text field. */
  write(target: Locator, text: string): Promise<void>
}

export const pointer: PageHands = {
  press: (target) => target.click(),
  choose: (target) => target.check(),
  pick: async (target, label) => {
    await target.selectOption({ label })
  },
  write: (target, text) => target.fill(text),
}

/** More than any way through the page is long; a thing that Tab does not reach fails there. */
const MOST_TABS = 160

/** Nothing but keys: Tab until the thing has the focus, then what a keyboard user would press. */
export function keyboard(page: Page): PageHands {
  const hasFocus = (target: Locator) =>
    target.evaluate((element) => element === document.activeElement)
  async function tabTo(target: Locator): Promise<void> {
    await target.waitFor()
    for (let count = 0; count < MOST_TABS; count += 1) {
      if (await hasFocus(target)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not reach ${target}`)
  }
  return {
    async press(target) {
      await tabTo(target)
      await page.keyboard.press('Enter')
    },
    async choose(target) {
      await target.waitFor()
      const isRadio = (await target.getAttribute('type')) === 'radio'
      if (!isRadio) {
        await tabTo(target)
        if (!(await target.isChecked())) await page.keyboard.press('Space')
        return
      }
      // A group of radio buttons has one stop; arrows walk within it.
      const name = await target.getAttribute('name')
      const inGroup = () =>
        page.evaluate(
          (group) => (document.activeElement as HTMLInputElement | null)?.name === group,
          name,
        )
      for (let count = 0; count < MOST_TABS && !(await inGroup()); count += 1)
        await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      for (let count = 0; count < 12 && !(await target.isChecked()); count += 1)
        await page.keyboard.press('ArrowDown')
      if (!(await target.isChecked())) throw new Error(`arrows do not reach ${target}`)
    },
    async pick(target, label) {
      await tabTo(target)
      // Letters go to the option that begins with them.
      await page.keyboard.type(label)
      await expect.poll(() => target.locator('option:checked').innerText()).toBe(label)
    },
    async write(target, text) {
      await tabTo(target)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type(text)
    },
  }
}
