using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Bascule.Server.SignIn;

/// <summary>
/// The way in where roles name no administrator yet: a link that works once, for a quarter of an hour, and makes whoever signs in with it one. Only the local
/// token makes such a link.
/// </summary>
internal sealed class FirstAdmin(
    IDataProtectionProvider protection,
    ServerSettings settings,
    RoleRules roles,
    IPeopleStore people,
    IUsedTokens used,
    AuditTrail audit,
    TimeProvider time
)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private readonly SealedLink _links = new(protection.CreateProtector("first-admin link"));

    /// <summary>Conflict while there is an administrator.</summary>
    public async Task<Result<Uri>> MakeLinkAsync(string by, CancellationToken cancellationToken)
    {
        if (await FindAdminAsync(cancellationToken) is { } there)
            return there;
        var entry = new AuditEntry(AuditTypes.FirstAdminAsked, by)
        {
            Facts = new JsonObject { ["minutes"] = (int)Lifetime.TotalMinutes },
        };
        var written = await audit.WriteAsync(entry, cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var link = _links.Make(time.GetUtcNow() + Lifetime);
        var address = settings.PublicUrl.OriginalString.TrimEnd('/') + SignInRoutes.SignIn;
        return new Uri(QueryHelpers.AddQueryString(address, "first_admin", link));
    }

    /// <summary>Done when whoever shows it may become the first administrator; it is used up by that.</summary>
    public async Task<Result<Done>> RedeemAsync(string link, CancellationToken cancellationToken)
    {
        if (_links.Read(link) is not { } until || until <= time.GetUtcNow())
            return Problem.Denied(
                "This link has run out. Whoever runs Bascule makes another: bascule person first-admin"
            );
        if (await FindAdminAsync(cancellationToken) is { } there)
            return there;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"first-admin:{link}")));
        var once = await used.UseAsync(new TokenUse(digest, until), cancellationToken);
        return once.Problem is { Code: ProblemCode.Conflict }
            ? Problem.Denied("This link was used. Whoever runs Bascule makes another: bascule person first-admin")
            : once;
    }

    public static AuditEntry Granted(Person person) =>
        new(AuditTypes.FirstAdminGranted, $"person:{person.Uid}")
        {
            Facts = new JsonObject { ["person"] = person.Uid },
        };

    private async Task<Problem?> FindAdminAsync(CancellationToken cancellationToken)
    {
        if (roles.All.FirstOrDefault(rule => rule.Role == Role.Admin) is { } rule)
            return Problem.Conflict($"{rule}: the settings name administrators already; sign in as one of them");
        return await people.FindFirstAdminAsync(cancellationToken) is { } admin
            ? Problem.Conflict($"{admin.Name} ({admin.Uid}) is the first administrator; ask them, or retire them")
            : null;
    }
}
