using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features;

/// <summary>What every command about what is known of one person is told.</summary>
internal static class PersonFeature
{
    public static readonly Argument<string> Person = new("person")
    {
        Description = "Who: a person as `bascule person list` shows them, or ISSUER#SUBJECT.",
    };

    /// <summary>A command that does something to what is known of one person, and says why.</summary>
    /// <param name="because">What the reason has to say.</param>
    /// <param name="ask">Is given the person and the reason, as they were written.</param>
    /// <param name="text">The answer for people.</param>
    public static Command Create<T>(
        string name,
        string description,
        string because,
        Func<BasculeClient, string, string, CancellationToken, Task<Result<T>>> ask,
        JsonTypeInfo<T> type,
        Func<T, string> text
    )
    {
        var reason = new Option<string>("--because")
        {
            Description = because,
            HelpName = "text",
            Required = true,
        };
        var command = new Command(name, description) { Person, reason };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => ask(client, parsed.GetValue(Person)!, parsed.GetValue(reason)!, cancellationToken),
                    type,
                    text
                )
        );
        return command;
    }
}
