/** What Elasticsearch or OpenSearch is to make of the documents: a data stream or plain indices, and types of the fields. */

export interface TemplateOptions {
  readonly index: string;
  readonly dataStream: boolean;
}

/** The body of `PUT /_index_template/…`; both products take it. */
export function indexTemplate({ index, dataStream }: TemplateOptions): Readonly<Record<string, unknown>> {
  return {
    index_patterns: [index.includes("{date}") ? index.replace("{date}", "*") : index],
    // Above 100, which Elasticsearch's own template for logs-*-* has; it would be refused as ambiguous otherwise.
    priority: 250,
    ...(dataStream && { data_stream: {} }),
    template: {
      settings: { "index.mapping.ignore_malformed": true, "index.mapping.total_fields.limit": 1_000 },
      mappings: {
        // Texts of the application's are found as a whole; only messages and stacks are read word by word.
        dynamic_templates: [
          { texts: { match_mapping_type: "string", mapping: { type: "keyword", ignore_above: 1_024 } } },
        ],
        properties: {
          "@timestamp": { type: "date" },
          message: { type: "text" },
          log: { properties: { level: keyword, logger: keyword } },
          trace: { properties: { id: keyword } },
          span: { properties: { id: keyword } },
          service: { properties: { name: keyword, version: keyword, environment: keyword } },
          event: { properties: { action: keyword } },
          error: {
            properties: { type: keyword, code: keyword, message: { type: "text" }, stack_trace: { type: "text" } },
          },
        },
      },
    },
    _meta: { description: "Log lines of telltale, in the Elastic Common Schema" },
  };
}

const keyword = { type: "keyword", ignore_above: 1_024 } as const;
