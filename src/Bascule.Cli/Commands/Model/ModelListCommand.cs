using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Commands.Model;

/// <summary><c>bascule model list</c>: what is promoted where, from which run, and who asked.</summary>
internal static class ModelListCommand
{
    private const int ShortCommit = 8;
    private const int LongestPart = 60;

    private static readonly Argument<string?> Environment = new("environment")
    {
        Description = "Where, e.g. ml-prod; all of them without.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var command = new Command("list", "Says what is promoted where, from which run, and who asked for it.")
        {
            Environment,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListPromotionsAsync(parsed.GetValue(Environment), cancellationToken),
                    ApiJson.Default.PromotionList,
                    Text
                )
        );
        return command;
    }

    /// <summary>What others wrote is shown as plain text (THREATS T113).</summary>
    internal static string Text(PromotionList list) =>
        list.Promotions.Count == 0
            ? "Nothing is promoted that you may see. Promote a version with: bascule model promote MODEL VERSION --to ALIAS"
            : string.Join('\n', list.Promotions.Select(Text));

    private static string Text(PromotionRecord one)
    {
        var version = one.Version is null ? "no version" : $"version {Line(one.Version)}";
        var from = one.Producer is null ? "" : $", of run {one.Producer} at {one.Commit[..ShortCommit]}";
        var back = one.RolledBackBecause is { } because ? $", rolled back: {Line(because)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Line(one.Environment)}: {Line(one.Alias)} of {Line(one.Model)} leads to {version}{from}; moved by run {one.Run} for {Line(one.By)} {one.MovedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}{back}"
        );
    }

    private static string Line(string text) => PlainText.Line(text, LongestPart);
}
