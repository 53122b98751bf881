using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule doctor</c>: checks every connection, through the running server.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Checks every connection and says what to do.");
        command.SetAction(
            (parsed, cancellationToken) =>
                FindingsFeature.ShowAsync(parsed, client => client.ExamineAsync(cancellationToken))
        );
        return command;
    }
}
