using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>What an environment asks of policies before its service gets them. Without any word it refuses what is dangerous in most places.</summary>
public sealed record ApimRules
{
    /// <summary>
    /// Elements that may hold C# when nothing is said: they change a message or choose between policies. Those that decide who is let in or where a request goes are not among
    /// them.
    /// </summary>
    public static IReadOnlyList<string> UsualExpressions { get; } =
    [
        "cache-lookup-value",
        "cache-remove-value",
        "cache-store-value",
        "find-and-replace",
        "json-to-xml",
        "limit-concurrency",
        "log-to-eventhub",
        "mock-response",
        "quota-by-key",
        "rate-limit-by-key",
        "retry",
        "rewrite-uri",
        "set-body",
        "set-header",
        "set-method",
        "set-query-parameter",
        "set-status",
        "set-variable",
        "trace",
        "when",
        "xml-to-json",
    ];

    /// <summary>Elements that no policy may hold, wherever they stand.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>Elements that must take effect, by the level whose requests they are for.</summary>
    public RequiredElements Require { get; init; } = new();

    /// <summary>Whether every section of a policy below the service has <c>base</c>.</summary>
    public bool KeepBase { get; init; } = true;

    /// <summary>Of <c>cors</c> that lets any origin call with the caller's credentials.</summary>
    public ApimStance WildcardWithCredentials { get; init; } = ApimStance.Refuse;

    /// <summary>Hosts that policies may call or send callers to: <c>name</c>, <c>name:port</c>, or <c>*.name</c> for all below it.</summary>
    public IReadOnlyList<string> SendRequestHosts { get; init; } = [];

    /// <summary>Hosts whose OpenID configuration tells who may sign tokens, spelled as those above; null for any.</summary>
    public IReadOnlyList<string>? IssuerHosts { get; init; }

    /// <summary>Elements that may hold C#; null for all.</summary>
    public IReadOnlyList<string>? Expressions { get; init; } = UsualExpressions;

    /// <summary>Of secrets in clear.</summary>
    public ApimStance Secrets { get; init; } = ApimStance.Refuse;

    /// <summary>Of elements that Microsoft's reference does not have where they stand.</summary>
    public ApimStance UnknownElements { get; init; } = ApimStance.Refuse;

    /// <summary>What lives in the service and not in Git.</summary>
    public ExistingResources Existing { get; init; } = new();
}

/// <summary>Names of elements. One that stands inside <c>choose</c> or another element that may pass over it does not count.</summary>
public sealed record RequiredElements
{
    public IReadOnlyList<string> Service { get; init; } = [];

    public IReadOnlyList<string> Product { get; init; } = [];

    public IReadOnlyList<string> Api { get; init; } = [];

    public IReadOnlyList<string> Operation { get; init; } = [];
}

/// <summary>Names by kind; of named values those that stand between <c>{{</c> and <c>}}</c>.</summary>
public sealed record ExistingResources
{
    public IReadOnlyList<string> NamedValues { get; init; } = [];

    public IReadOnlyList<string> Backends { get; init; } = [];

    public IReadOnlyList<string> Loggers { get; init; } = [];

    public IReadOnlyList<string> Fragments { get; init; } = [];

    public IReadOnlyList<string> VersionSets { get; init; } = [];

    public IReadOnlyList<string> Apis { get; init; } = [];
}
