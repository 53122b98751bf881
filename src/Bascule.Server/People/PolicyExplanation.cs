using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.People;

/// <summary>Says what the roles decide, and why, without doing anything.</summary>
internal sealed class PolicyExplanation(RoleRules roles, PersonFinder finder)
{
    /// <param name="who">A person's uid, ISSUER#SUBJECT, or claims: <c>{"iss": "…", "sub": "…", "groups": ["…"]}</c>.</param>
    /// <param name="repository">FORGE:OWNER/NAME.</param>
    public async Task<Result<ExplanationRecord>> ExplainAsync(
        string who,
        string act,
        string? environment,
        string? repository,
        CancellationToken cancellationToken
    )
    {
        if (!ActWords.TryParse(act, out var asked))
            return Problem.Invalid($"there is no act '{act}'; use one of: {string.Join(", ", ActWords.All)}");
        var scope = ReadScope(environment, repository);
        if (scope.Failed(out var malformed))
            return malformed;
        if (who.TrimStart().StartsWith('{'))
            return ReadClaims(who) is { } actor
                ? Record(actor, roles.Decide(actor, asked, scope.Value))
                : Problem.Invalid(
                    "the claims are not understood; write {\"iss\": \"https://…\", \"sub\": \"…\", \"groups\": [\"…\"]}"
                );
        var person = await finder.FindAsync(who, cancellationToken);
        if (person.Failed(out var unknown))
            return unknown;
        return Explain(person.Value, asked, scope.Value);
    }

    public ExplanationRecord Explain(Person person, Act act, Scope scope)
    {
        var actor = person.ToActor(authenticatedAt: null);
        var decision = roles.Decide(actor, act, scope);
        return Record(
            actor,
            person.IsRetired
                ? new RoleDecision(false, act, "retired", $"{person.Name} is retired: nothing is let in for them")
                : decision
        );
    }

    private ExplanationRecord Record(Actor actor, RoleDecision decision) =>
        new()
        {
            Allowed = decision.IsAllowed,
            Act = decision.Act.Write(),
            Rule = decision.Rule,
            Reason = decision.Reason,
            Claims = decision.Claims,
            WouldAllow = decision.WouldAllow,
            Roles = [.. roles.Of(actor).Select(held => held.Rule.ToString())],
        };

    private static Result<Scope> ReadScope(string? environment, string? repository)
    {
        var scope = new Scope { Environment = string.IsNullOrEmpty(environment) ? null : environment };
        if (string.IsNullOrEmpty(repository))
            return scope;
        var colon = repository.IndexOf(':', StringComparison.Ordinal);
        return colon < 1
            ? Problem.Invalid($"repository '{repository}' names no forge; write FORGE:OWNER/NAME")
            : scope with
            {
                Forge = repository[..colon],
                Repository = repository[(colon + 1)..],
            };
    }

    /// <summary>Null unless every claim has its type: a text is no list, and nothing stands for everybody (THREATS T37, T38).</summary>
    private static Actor? ReadClaims(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var claims = document.RootElement;
            if (Text(claims, "iss") is not { } issuer || Text(claims, "sub") is not { } subject)
                return null;
            var groups = Groups(claims);
            return groups is null
                ? null
                : new Actor(ActorType.Human, "claims")
                {
                    Subject = new Subject(issuer, subject),
                    Name = subject,
                    Groups = groups,
                };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object
        && claims.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { } text
        && !string.IsNullOrWhiteSpace(text)
            ? text
            : null;

    private static List<string>? Groups(JsonElement claims)
    {
        if (!claims.TryGetProperty("groups", out var value))
            return [];
        if (
            value.ValueKind != JsonValueKind.Array
            || value.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String)
        )
            return null;
        return [.. value.EnumerateArray().Select(one => one.GetString()!)];
    }
}
