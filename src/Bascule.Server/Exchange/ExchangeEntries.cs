using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.People;

namespace Bascule.Server.Exchange;

/// <summary>What the audit log says of tokens for git. Which claims somebody had is not in it: they may be personal.</summary>
internal static class ExchangeEntries
{
    public static AuditEntry Given(StoredPass pass, Person holder, ProvenSubject subject) =>
        new(AuditTypes.GitTokenGiven, holder.ToActor(authenticatedAt: null).AuditName)
        {
            Links = LinksOf(pass),
            Decision = new AuditDecision(true, $"trust_policies.{pass.Policy}", $"policy '{pass.Policy}' allows it"),
            Facts = new JsonObject
            {
                ["issuer"] = subject.Identity.Subject.Issuer,
                ["by"] = subject.Identity.IsSession ? "session" : "token",
                ["verbs"] = List(pass.Verbs.Order().Select(verb => verb.Write())),
                ["refs"] = List(pass.Refs.Patterns.Select(pattern => pattern.ToString())),
                ["expires_at"] = pass.ExpiresAt.ToUnixTimeMilliseconds(),
            },
        };

    /// <param name="holder">Null for who was never given anything: then the entry names the address alone.</param>
    /// <param name="reason">No claims: one of a few sentences.</param>
    public static AuditEntry Refused(
        Person? holder,
        string source,
        ProvenSubject subject,
        TokenRequest request,
        string rule,
        string reason
    ) =>
        new(AuditTypes.GitTokenRefused, holder?.ToActor(authenticatedAt: null).AuditName ?? $"source:{source}")
        {
            Decision = new AuditDecision(false, rule, reason),
            Facts = new JsonObject
            {
                ["issuer"] = subject.Identity.Subject.Issuer,
                ["by"] = subject.Identity.IsSession ? "session" : "token",
                ["asked"] = $"{request.Repository.Forge}:{request.Repository.FullName}",
                ["verbs"] = List(request.Verbs.Select(verb => verb.Write())),
            },
        };

    /// <param name="by">Who asked, as the audit log names them.</param>
    public static AuditEntry Revoked(StoredPass pass, string by) =>
        new(AuditTypes.GitTokenRevoked, by)
        {
            Links = new Dictionary<string, string>
            {
                ["git_token"] = pass.Uid,
                ["repository"] = pass.Repository.ToString(),
            },
            Facts = new JsonObject { ["holder"] = pass.HolderUid },
        };

    /// <summary>With the session that it ends with, which the entries of its sign-in and sign-out name too.</summary>
    private static Dictionary<string, string> LinksOf(StoredPass pass)
    {
        var links = new Dictionary<string, string>
        {
            ["git_token"] = pass.Uid,
            ["repository"] = pass.Repository.ToString(),
        };
        if (pass.SessionUid is { } session)
            links["session"] = session;
        return links;
    }

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
