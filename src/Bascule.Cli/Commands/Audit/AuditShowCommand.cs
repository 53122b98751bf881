using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit show</c>: entries of the log, newest first.</summary>
internal static class AuditShowCommand
{
    private static readonly Option<string?>[] Terms =
    [
        new("--type") { Description = "Only entries of this type, such as run.decided.", HelpName = "type" },
        new("--actor") { Description = "Only on behalf of this one: operator, person:p-…", HelpName = "actor" },
        Link("--run"),
        Link("--delivery"),
        Link("--repository"),
        Link("--push"),
        Link("--call"),
        new("--id") { Description = "Only the entry with this id.", HelpName = "id" },
        new("--since") { Description = "Only from then on: 2026-11-01, 2026-11-01T12:00:00Z.", HelpName = "time" },
        new("--until") { Description = "Only up to then.", HelpName = "time" },
        new("--before") { Description = "The page after this one: the `next` of an answer.", HelpName = "index" },
    ];

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "How many, at most 500.",
        DefaultValueFactory = _ => 50,
    };

    public static Command Create()
    {
        var command = new Command("show", "Shows entries of the audit log, newest first.") { Limit };
        foreach (var term in Terms)
            command.Add(term);
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListAuditEntriesAsync(Query(parsed), cancellationToken),
                    ApiJson.Default.AuditEntryList,
                    EntryText.List
                )
        );
        return command;
    }

    private static Option<string?> Link(string name) =>
        new(name) { Description = $"Only what belongs to this {name[2..]}, by its id.", HelpName = "id" };

    private static IEnumerable<KeyValuePair<string, string?>> Query(ParseResult parsed) =>
        [
            .. Terms.Select(term => new KeyValuePair<string, string?>(term.Name[2..], parsed.GetValue(term))),
            new("limit", parsed.GetValue(Limit).ToString(CultureInfo.InvariantCulture)),
        ];
}
