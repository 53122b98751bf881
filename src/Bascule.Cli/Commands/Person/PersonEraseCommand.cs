using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person erase</c>: takes away who somebody is, for good; the audit log stays whole.</summary>
internal static class PersonEraseCommand
{
    private static readonly Option<string> Because = PersonFeature.Because(
        "Why. It stays in the audit log: name nobody."
    );

    public static Command Create()
    {
        var command = new Command("erase", "Takes away who somebody is, for good; the audit log stays whole.")
        {
            PersonFeature.Person,
            Because,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client =>
                        client.ErasePersonAsync(
                            parsed.GetValue(PersonFeature.Person)!,
                            parsed.GetValue(Because)!,
                            cancellationToken
                        ),
                    ApiJson.Default.ErasedRecord,
                    PeopleText.Erased
                )
        );
        return command;
    }
}
