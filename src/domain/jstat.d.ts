/** The part of jStat that is used: it brings no types. */
declare module 'jstat' {
  const jStat: {
    /** Quantile of the normal distribution. */
    normal: { inv(p: number, mean: number, standardDeviation: number): number }
    /** Quantile of Student's t. */
    studentt: { inv(p: number, degreesOfFreedom: number): number }
    median(values: readonly number[]): number
  }
  export default jStat
}
