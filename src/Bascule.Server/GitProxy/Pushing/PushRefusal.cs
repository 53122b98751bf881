using Bascule.Core;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Why nothing of a push was done: everything at once, so that the next push can be right.</summary>
/// <param name="Rule">The first that refused.</param>
/// <param name="Reasons">One line each, its rule in front.</param>
internal sealed record PushRefusal(
    string Rule,
    IReadOnlyList<(RefCommand Command, string? WhyNot)> Refs,
    IReadOnlyList<string> Reasons
)
{
    private const string WithOthers = "refused with the others: a push is all or nothing";

    public static PushRefusal Of(PushVerdict verdict) =>
        new(
            verdict.Refused.First().Decision.Rule,
            [
                .. verdict.Refs.Select(one =>
                    (one.Command, (string?)(one.Decision.IsAllowed ? WithOthers : $"refused by {one.Decision.Rule}"))
                ),
            ],
            [.. verdict.Refused.Select(one => $"{one.Decision.Rule}: {one.Command.Name}: {one.Decision.Reason}")]
        );

    public static PushRefusal Of(IReadOnlyList<RefCommand> commands, IReadOnlyList<PushFinding> findings) =>
        new(
            findings[0].Check,
            [.. commands.Select(command => (command, (string?)WhyNot(command, findings)))],
            [.. findings.Select(finding => $"{finding.Check}: {finding.Message}")]
        );

    public static PushRefusal Of(IReadOnlyList<RefCommand> commands, string rule, Problem problem) =>
        new(
            rule,
            [.. commands.Select(command => (command, (string?)$"refused by {rule}"))],
            [$"{rule}: {problem.Message}"]
        );

    public PushAnswer ToAnswer() =>
        new(
            "ok",
            Refs,
            ["Bascule refused this push. Nothing was changed.", .. Reasons.Select(reason => $"  {reason}")]
        );

    private static string WhyNot(RefCommand command, IReadOnlyList<PushFinding> findings)
    {
        var about = findings
            .Where(finding => finding.Ref is null || finding.Ref == command.Name)
            .Select(finding => finding.Check)
            .Distinct();
        var rules = string.Join(", ", about);
        return rules.Length == 0 ? WithOthers : $"refused by {rules}";
    }
}
