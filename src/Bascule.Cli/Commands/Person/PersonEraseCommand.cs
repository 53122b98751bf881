using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person erase</c>: takes away who somebody is, for good; the audit log stays whole.</summary>
internal static class PersonEraseCommand
{
    public static Command Create() =>
        PersonFeature.Create(
            "erase",
            "Takes away who somebody is, for good; the audit log stays whole.",
            "Why. It stays in the audit log: name nobody.",
            (client, person, because, cancellationToken) => client.ErasePersonAsync(person, because, cancellationToken),
            ApiJson.Default.ErasedRecord,
            PeopleText.Erased
        );
}
