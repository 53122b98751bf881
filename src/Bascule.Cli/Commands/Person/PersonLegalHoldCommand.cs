using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person legal-hold</c>: keeps what is known of somebody: nobody erases it until it is released.</summary>
internal static class PersonLegalHoldCommand
{
    private static readonly Option<string> Because = PersonFeature.Because(
        "Why it has to be kept. It stays in the audit log: name nobody."
    );

    public static Command Create()
    {
        var command = new Command(
            "legal-hold",
            "Keeps what is known of somebody: nobody erases it until it is released."
        )
        {
            PersonFeature.Person,
            Because,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client =>
                        client.PlaceLegalHoldAsync(
                            parsed.GetValue(PersonFeature.Person)!,
                            parsed.GetValue(Because)!,
                            cancellationToken
                        ),
                    ApiJson.Default.LegalHoldRecord,
                    PeopleText.Held
                )
        );
        return command;
    }
}
