using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Entra;

namespace Bascule.Simulators.Azure.Resources;

/// <summary>What the one service is called, and who may do what to it.</summary>
/// <param name="Service">Path of the service, from <c>/subscriptions</c> on.</param>
internal sealed record ArmScope(string Subscription, string ResourceGroup, string ServiceName)
{
    public const string Provider = "Microsoft.ApiManagement";

    public string Service =>
        $"/subscriptions/{Subscription}/resourceGroups/{ResourceGroup}/providers/{Provider}/service/{ServiceName}";

    /// <summary>What lies below the service; null with a refusal when the path leads elsewhere. Names are compared without regard to case.</summary>
    public string[]? Below(string path, out ArmReply? refusal)
    {
        var parts = path.Split('/', StringSplitOptions.None)[1..];
        refusal = Strange(parts);
        return refusal is null ? parts[8..] : null;
    }

    private ArmReply? Strange(string[] parts)
    {
        if (parts.Length < 2 || !Same(parts[0], "subscriptions"))
            return ArmReply.Refuse(404, "NotFound", "No such address.");
        if (!Same(parts[1], Subscription))
            return ArmReply.Refuse(404, "SubscriptionNotFound", $"The subscription '{parts[1]}' could not be found.");
        if (parts.Length < 8 || !Same(parts[2], "resourceGroups") || !Same(parts[4], "providers"))
            return ArmReply.Refuse(404, "NotFound", "No such address.");
        if (!Same(parts[3], ResourceGroup))
            return ArmReply.Refuse(404, "ResourceGroupNotFound", $"Resource group '{parts[3]}' could not be found.");
        return Same(parts[5], Provider) && Same(parts[6], "service") && Same(parts[7], ServiceName)
            ? null
            : ArmReply.Refuse(
                404,
                "ResourceNotFound",
                $"The Resource '{parts[5]}/{parts[6]}/{parts[7]}' under resource group '{ResourceGroup}' was not found."
            );
    }

    private static bool Same(string own, string given) => string.Equals(own, given, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Checks the bearer token and the roles of whom it names.</summary>
internal sealed class ArmAccess(EntraDirectory directory, ArmScope scope)
{
    private static readonly string[] Audiences =
    [
        "https://management.azure.com",
        "https://management.azure.com/",
        "https://management.core.windows.net",
        "https://management.core.windows.net/",
    ];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ArmRole> _roles = [];

    public void Assign(EntraApplication application, ArmRole role)
    {
        lock (_gate)
            _roles[application.ClientId] = role;
    }

    /// <summary>Null with a refusal for a stranger.</summary>
    public JsonObject? Identify(string? authorization, out ArmReply? refusal)
    {
        refusal = null;
        if (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) != true)
            refusal = Stranger("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        else if (directory.Tokens.Read(authorization["Bearer ".Length..]) is not { } claims)
            refusal = Stranger("InvalidAuthenticationToken", "The access token is invalid.");
        else if (!Audiences.Contains((string?)claims["aud"]))
            refusal = Stranger("InvalidAuthenticationTokenAudience", "The access token is for another audience.");
        else if (directory.Tokens.HasEnded(claims))
            refusal = Stranger("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.");
        else
            return claims;
        return null;
    }

    /// <param name="isPoll">Of an operation that takes long: its results are read at the resource group.</param>
    /// <returns>Null when the role allows it.</returns>
    public ArmReply? Refuse(JsonObject claims, string method, bool isPoll)
    {
        ArmRole role;
        lock (_gate)
            role = _roles.GetValueOrDefault((string)claims["appid"]!);
        var allowed = (method, isPoll) switch
        {
            (_, true) => role.HasFlag(ArmRole.Poll),
            ("GET" or "HEAD", _) => role.HasFlag(ArmRole.Read),
            ("POST", _) => role.HasFlag(ArmRole.Secrets),
            _ => role.HasFlag(ArmRole.Write),
        };
        var act =
            isPoll ? "service/operationresults/read"
            : method is "GET" or "HEAD" ? "service/read"
            : method == "POST" ? "service/namedValues/listValue/action"
            : method == "DELETE" ? "service/delete"
            : "service/write";
        return allowed
            ? null
            : ArmReply.Refuse(
                403,
                "AuthorizationFailed",
                $"The client '{claims["appid"]}' with object id '{claims["oid"]}' does not have authorization to perform action "
                    + $"'{ArmScope.Provider}/{act}' over scope '{scope.Service}' or the scope is invalid. If access was recently granted, please refresh your credentials."
            );
    }

    private ArmReply Stranger(string code, string message) =>
        ArmReply
            .Refuse(401, code, message)
            .With(
                "WWW-Authenticate",
                $"Bearer authorization_uri=\"{directory.Url.AbsoluteUri}{directory.Tenant}\", error=\"invalid_token\", error_description=\"{message}\""
            );
}
