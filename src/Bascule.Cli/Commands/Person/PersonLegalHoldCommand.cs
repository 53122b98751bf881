using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person legal-hold</c>: keeps what is known of somebody: nobody erases it until it is released.</summary>
internal static class PersonLegalHoldCommand
{
    public static Command Create() =>
        PersonFeature.Create(
            "legal-hold",
            "Keeps what is known of somebody: nobody erases it until it is released.",
            "Why it has to be kept. It stays in the audit log: name nobody.",
            (client, person, because, cancellationToken) =>
                client.PlaceLegalHoldAsync(person, because, cancellationToken),
            ApiJson.Default.LegalHoldRecord,
            PeopleText.Held
        );
}
