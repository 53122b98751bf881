using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule retire</c>: lets nothing in any more for somebody. Ends with 1 when something of theirs is left.</summary>
internal static class RetireCommand
{
    private static readonly Argument<string> Subject = new("subject")
    {
        Description = "Who: a person as `bascule person list` shows them, or ISSUER#SUBJECT.",
    };

    public static Command Create()
    {
        var command = new Command("retire", "Ends somebody's access: within a second, everywhere, for good.")
        {
            Subject,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var isConfirmed = false;
        var code = await EventFeature.AskAsync(
            parsed,
            async client =>
            {
                var retired = await client.RetireAsync(parsed.GetValue(Subject)!, cancellationToken);
                isConfirmed = retired.Problem is null && retired.Value.Confirmed;
                return retired;
            },
            ApiJson.Default.RetiredRecord,
            PeopleText.Retired
        );
        return code == ExitCodes.Success && !isConfirmed ? ExitCodes.Negative : code;
    }
}
