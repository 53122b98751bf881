using System.CommandLine;
using System.Globalization;
using System.Text;
using Bascule.Cli.Features;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule drift</c>: what somebody changed on a platform without Bascule.</summary>
internal static class DriftCommand
{
    private const int LongestPart = 120;
    private const int ShortCommit = 8;
    private const int MostFields = 8;

    private static readonly Argument<string?> Environment = new("environment")
    {
        Description = "Where, e.g. apis-prod; all of them without.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var command = new Command("drift", "Says what was changed on a platform outside Git since it was deployed.")
        {
            Environment,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var environment = parsed.GetValue(Environment);
        var listed = await client.ListDriftAsync(environment, cancellationToken);
        if (listed.Failed(out problem))
            return output.Refuse(problem);
        if (listed.Value.Drift.Count == 0 && environment is not null)
            return output.Refuse(
                Problem.NotFound(
                    $"nothing that you may see is compared in '{Line(environment)}'; `bascule environment list` says what runs where, and environments.<name>.drift what is compared"
                )
            );
        output.Write(listed.Value, ApiJson.Default.DriftList, () => Text(listed.Value));
        return CodeOf(listed.Value);
    }

    /// <summary>What is found weighs more than what nobody knows.</summary>
    internal static int CodeOf(DriftList list) =>
        list.Drift.Any(one => one.State == DriftState.Found) ? ExitCodes.Negative
        : list.Drift.Any(one => one.State == DriftState.Unknown) ? ExitCodes.Unavailable
        : ExitCodes.Success;

    /// <summary>What others wrote is shown as plain text (THREATS T113).</summary>
    internal static string Text(DriftList list)
    {
        if (list.Drift.Count == 0)
            return "Nothing is compared: nothing was deployed yet to a platform that can tell what was changed there.";
        var text = new StringBuilder();
        foreach (var one in list.Drift)
            Write(text, one);
        if (list.Drift.Any(one => one.State == DriftState.Found))
            text.Append(
                "To bring it back: push, or retry the run above with `bascule run retry`. To keep it: commit it as it is now.\n"
            );
        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, DriftRecord one)
    {
        var commit = one.Commit[..int.Min(ShortCommit, one.Commit.Length)];
        text.Append(
                CultureInfo.InvariantCulture,
                $"{Line(one.Environment)}: {Line(one.Forge)}:{Line(one.Repository)} {Line(one.Workflow)} at {commit}, run {one.Run}"
            )
            .Append("\n  ")
            .Append(Words(one))
            .Append('\n');
        foreach (var difference in one.Differences)
            text.Append("    ").Append(Words(difference)).Append('\n');
        if (one.Total > one.Differences.Count)
            text.Append(CultureInfo.InvariantCulture, $"    and {one.Total - one.Differences.Count} more").Append('\n');
    }

    private static string Words(DriftRecord one) =>
        one.State switch
        {
            DriftState.None => $"as it was deployed, compared {Time(one.ComparedAt)}",
            DriftState.Found => string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Total} not as deployed since {Time(one.Since)} or before, compared {Time(one.ComparedAt)}"
            ),
            _ when one.ComparedAt is { } at =>
                $"not known: {Line(one.Problem ?? "")} (last compared {Time(at)}{(one.Total > 0 ? ", and then:" : "")})",
            _ => $"not known: {Line(one.Problem ?? "")}",
        };

    private static string Words(DifferenceRecord difference)
    {
        var sign = difference.How switch
        {
            DifferenceKind.Added => "+",
            DifferenceKind.Removed => "-",
            _ => "~",
        };
        var fields = string.Join(", ", difference.Fields.Take(MostFields).Select(Line));
        var more = difference.Fields.Count > MostFields ? ", …" : "";
        var how = difference.How.ToString().ToLowerInvariant();
        return $"{sign} {Line(difference.What)} {how}{(fields.Length > 0 ? $": {fields}{more}" : "")}";
    }

    private static string Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";

    private static string Line(string text) => PlainText.Line(text, LongestPart);
}
