using System.Text.Json.Nodes;
using Bascule.Connectors.Git;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What the audit log keeps of a push: that it was decided, before anything leaves Bascule, and what became of it.</summary>
/// <param name="id">What the two entries share.</param>
internal sealed class PushEntries(string id, GitPass pass, IReadOnlyList<RefCommand> commands)
{
    // An entry has at most 65,535 bytes: so many refs and reasons fit, in any script.
    private const int MostReasons = 20;
    private const int LongestReason = 300;
    private const int LongestForgeReason = 100;
    private const int LongestOddName = 60;

    public AuditEntry Allowed() =>
        Entry(
            AuditTypes.PushDecided,
            new AuditDecision(
                true,
                $"trust_policies.{pass.Policy}",
                $"policy '{pass.Policy}' lets these refs be pushed"
            )
        );

    /// <param name="reasons">Every one, each with its rule in front.</param>
    public AuditEntry Refused(string rule, IReadOnlyList<string> reasons) =>
        Entry(
            AuditTypes.PushDecided,
            new AuditDecision(false, rule, UntrustedText.Line(reasons[0], LongestReason)),
            ("reasons", new JsonArray([.. reasons.Take(MostReasons).Select(reason => JsonValue.Create(Line(reason)))]))
        );

    /// <param name="outcome">pushed, partly, refused by the forge, not forwarded, unknown.</param>
    public AuditEntry Ended(string outcome, IReadOnlyDictionary<string, string?> refs) =>
        Entry(
            AuditTypes.PushEnded,
            decision: null,
            ("outcome", JsonValue.Create(outcome)),
            (
                "not_moved",
                new JsonObject(
                    refs.Where(pair => pair.Value is not null)
                        .Select(pair =>
                            KeyValuePair.Create(
                                Name(pair.Key),
                                (JsonNode?)JsonValue.Create(UntrustedText.Line(pair.Value!, LongestForgeReason))
                            )
                        )
                )
            )
        );

    private AuditEntry Entry(string type, AuditDecision? decision, params (string Name, JsonNode? Value)[] more)
    {
        var facts = new JsonObject
        {
            ["policy"] = pass.Policy,
            ["holder"] = pass.Holder.Type.ToString().ToLowerInvariant(),
            ["refs"] = new JsonArray([
                .. commands.Select(command => new JsonObject
                {
                    ["ref"] = Name(command.Name),
                    ["before"] = command.IsCreation ? null : command.Before.ToString(),
                    ["after"] = command.IsDeletion ? null : command.After.ToString(),
                }),
            ]),
        };
        foreach (var (name, value) in more)
            facts[name] = value;
        return new AuditEntry(type, pass.Holder.AuditName)
        {
            Links = new Dictionary<string, string>
            {
                ["push"] = id,
                ["repository"] = pass.Repository.ToString(),
                ["git_token"] = pass.Uid,
            },
            Decision = decision,
            Facts = facts,
        };
    }

    private static string Name(string name) =>
        RefName.TryParse(name, out var known) ? known.ToString() : UntrustedText.Line(name, LongestOddName);

    private static string Line(string text) => UntrustedText.Line(text, LongestReason);
}
