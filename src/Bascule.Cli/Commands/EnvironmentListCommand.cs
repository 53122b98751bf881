using System.CommandLine;
using System.Globalization;
using System.Text;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Text;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule environment list</c>: what runs where.</summary>
internal static class EnvironmentListCommand
{
    private const int LongestPart = 120;
    private const int ShortCommit = 8;

    public static Command Create()
    {
        var command = new Command("list", "Says what runs where: which commit, by whom, approved by whom, since when.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListEnvironmentsAsync(cancellationToken),
                    ApiJson.Default.EnvironmentList,
                    Text
                )
        );
        return command;
    }

    /// <summary>What others wrote is shown as plain text (THREATS T113).</summary>
    internal static string Text(EnvironmentList list)
    {
        if (list.Environments.Count == 0)
            return "Nothing runs anywhere yet.";
        var text = new StringBuilder();
        foreach (var environment in list.Environments)
        {
            text.Append(Line(environment.Name)).Append('\n');
            if (environment.Deployed.Count == 0)
                text.Append("  nothing has succeeded here yet\n");
            foreach (var deployed in environment.Deployed)
                Write(text, deployed);
        }
        if (list.IsCut)
            text.Append("There are more; see: bascule run list --state succeeded\n");
        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, DeployedRecord deployed)
    {
        var from = deployed.PullRequest is { } number
            ? string.Create(CultureInfo.InvariantCulture, $" (pull request {number}, before its merge)")
            : "";
        var commit = deployed.Commit[..int.Min(ShortCommit, deployed.Commit.Length)];
        text.Append(
                CultureInfo.InvariantCulture,
                $"  {Line(deployed.Repository)} {Line(deployed.Workflow)}: {commit} {Line(deployed.Subject)}{from}"
            )
            .Append('\n')
            .Append(
                CultureInfo.InvariantCulture,
                $"    run {deployed.Run}, since {deployed.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}, by {By(deployed.By)}, approved by {Approved(deployed)}"
            )
            .Append('\n');
        foreach (var made in deployed.Made)
            text.Append(CultureInfo.InvariantCulture, $"    made {Line(made.Name)} {Line(made.Detail)}").Append('\n');
    }

    private static string By(BroughtBy? by) => by is null ? "nobody known" : $"{Line(by.Name)} ({Word(by.Assurance)})";

    private static string Approved(DeployedRecord deployed)
    {
        string[] names = [.. deployed.ApprovedBy.Select(Line), .. deployed.BrokeGlass ? (string[])["BREAK-GLASS"] : []];
        return names.Length == 0 ? "nobody, none is asked for" : string.Join(", ", names);
    }

    private static string Word(LineageAssurance assurance) => assurance.ToString().ToLowerInvariant();

    private static string Line(string text) => PlainText.Line(text, LongestPart);
}
