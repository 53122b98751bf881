using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Entra;

namespace Bascule.Simulators.Azure.Resources;

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

    /// <returns>Null when the role allows it.</returns>
    public ArmReply? Refuse(JsonObject claims, ArmRight needed)
    {
        ArmRole role;
        lock (_gate)
            role = _roles.GetValueOrDefault((string)claims["appid"]!);
        return role.HasFlag(needed.Role)
            ? null
            : ArmReply.Refuse(
                403,
                "AuthorizationFailed",
                $"The client '{claims["appid"]}' with object id '{claims["oid"]}' does not have authorization to perform action "
                    + $"'{scope.Provider.Namespace}/{needed.Action}' over scope '{scope.Service}' or the scope is invalid. If access was recently granted, please refresh your credentials."
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
