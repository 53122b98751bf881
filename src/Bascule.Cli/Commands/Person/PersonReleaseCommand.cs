using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person release</c>: ends somebody's legal hold: they may be erased.</summary>
internal static class PersonReleaseCommand
{
    public static Command Create() =>
        PersonFeature.Create(
            "release",
            "Ends somebody's legal hold: they may be erased.",
            "Why it need not be kept any more. It stays in the audit log: name nobody.",
            (client, person, because, cancellationToken) =>
                client.ReleaseLegalHoldAsync(person, because, cancellationToken),
            ApiJson.Default.LegalHoldRecord,
            PeopleText.Released
        );
}
