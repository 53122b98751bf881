using System.CommandLine;
using System.Globalization;
using System.Text;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Forge;

/// <summary><c>bascule forge list</c>: how what happens at each forge is seen, and how late.</summary>
internal static class ForgeListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Lists the forges: what hooks told of, what comparison found, and how late.");
        command.SetAction(ListAsync);
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var listed = await client.ListForgesAsync(cancellationToken);
        if (listed.Failed(out var refusal))
            return output.Refuse(refusal);
        output.Write(listed.Value, ApiJson.Default.ForgeList, () => Text(listed.Value));
        return ExitCodes.Success;
    }

    private static string Text(ForgeList list)
    {
        var text = new StringBuilder();
        foreach (var forge in list.Forges)
            Write(text, forge);
        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, ForgeRecord forge)
    {
        Line(text, $"forge {forge.Name}: {forge.Repositories} repositories, in the last {forge.WindowHours} hours");
        Line(text, $"  told by hooks        {Seen(forge.ByHook)}");
        Line(text, $"  found by comparison  {Seen(forge.ByReconciler)}");
        Line(text, $"  history rewritten    {forge.Rewritten}");
        Line(text, $"  last comparison      {Time(forge.LastRoundAt)}");
        Line(
            text,
            $"  last full sweep      {Time(forge.SweepEndedAt)}, promised every {forge.SweepPromiseHours} hours"
        );
        Line(text, $"  asked longest ago    {Time(forge.OldestComparedAt)}");
        if (forge.Waiting > 0)
            Line(text, $"  waiting for a look   {forge.Waiting} refs");
        if (forge.NeverCompared > 0)
            Line(text, $"  never compared       {forge.NeverCompared} repositories");
        if (forge.Unanswered > 0)
            Line(text, $"  not answered         {forge.Unanswered} repositories; see: bascule doctor");
        if (forge.WithUnhandledPullRequests > 0)
            Line(
                text,
                $"  not handled          pull requests of {forge.WithUnhandledPullRequests} repositories that no hook told of; see: bascule doctor"
            );
    }

    private static string Seen(SeenRecord seen) =>
        seen.Count == 0
            ? "0 moves"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{seen.Count} moves; seen after {seen.MedianSeconds:0.0} s (median), {seen.P95Seconds:0.0} s (95 %), {seen.LongestSeconds:0.0} s (longest)"
            );

    private static string Time(DateTimeOffset? at) =>
        at is { } known
            ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "not yet";

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
