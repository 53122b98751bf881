namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>Names in policies, by Microsoft's policy reference.</summary>
internal static class PolicyWords
{
    public const string Base = "base";
    public const string Fragment = "fragment";
    public const string Policies = "policies";
    public const string IncludeFragment = "include-fragment";

    public static readonly string[] Sections = ["inbound", "backend", "outbound", "on-error"];

    /// <summary>Elements that hold policies, and may pass over them.</summary>
    public static readonly HashSet<string> Containers =
    [
        "choose",
        "when",
        "otherwise",
        "retry",
        "wait",
        "limit-concurrency",
    ];

    /// <summary>What may stand in a section.</summary>
    public static readonly HashSet<string> Statements =
    [
        .. Containers,
        Base,
        IncludeFragment,
        "authentication-basic",
        "authentication-certificate",
        "authentication-managed-identity",
        "azure-openai-emit-token-metric",
        "azure-openai-semantic-cache-lookup",
        "azure-openai-semantic-cache-store",
        "azure-openai-token-limit",
        "cache-lookup",
        "cache-lookup-value",
        "cache-remove-value",
        "cache-store",
        "cache-store-value",
        "check-header",
        "cors",
        "cosmosdb-data-source",
        "cross-domain",
        "emit-metric",
        "find-and-replace",
        "forward-request",
        "get-authorization-context",
        "http-data-source",
        "invoke-dapr-binding",
        "ip-filter",
        "json-to-xml",
        "jsonp",
        "llm-content-safety",
        "llm-emit-token-metric",
        "llm-semantic-cache-lookup",
        "llm-semantic-cache-store",
        "llm-token-limit",
        "log-to-eventhub",
        "mock-response",
        "proxy",
        "publish-event",
        "publish-to-dapr",
        "quota",
        "quota-by-key",
        "rate-limit",
        "rate-limit-by-key",
        "redirect-content-urls",
        "return-response",
        "rewrite-uri",
        "send-one-way-request",
        "send-request",
        "set-backend-service",
        "set-body",
        "set-header",
        "set-method",
        "set-query-parameter",
        "set-status",
        "set-variable",
        "sql-data-source",
        "trace",
        "validate-azure-ad-token",
        "validate-client-certificate",
        "validate-content",
        "validate-graphql-request",
        "validate-headers",
        "validate-jwt",
        "validate-odata-request",
        "validate-parameters",
        "validate-status-code",
        "xml-to-json",
        "xsl-transform",
    ];
}
