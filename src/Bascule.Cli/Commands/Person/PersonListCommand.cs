using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person list</c>: who has signed in, with which roles and accounts.</summary>
internal static class PersonListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Lists who has signed in, with their roles and proven accounts.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListPeopleAsync(cancellationToken),
                    ApiJson.Default.PersonList,
                    PeopleText.List
                )
        );
        return command;
    }
}
