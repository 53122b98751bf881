using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person release</c>: ends somebody's legal hold: they may be erased.</summary>
internal static class PersonReleaseCommand
{
    private static readonly Option<string> Because = PersonFeature.Because(
        "Why it need not be kept any more. It stays in the audit log: name nobody."
    );

    public static Command Create()
    {
        var command = new Command("release", "Ends somebody's legal hold: they may be erased.")
        {
            PersonFeature.Person,
            Because,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client =>
                        client.ReleaseLegalHoldAsync(
                            parsed.GetValue(PersonFeature.Person)!,
                            parsed.GetValue(Because)!,
                            cancellationToken
                        ),
                    ApiJson.Default.LegalHoldRecord,
                    PeopleText.Released
                )
        );
        return command;
    }
}
