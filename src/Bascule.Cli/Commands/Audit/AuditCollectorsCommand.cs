using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit collectors</c>: who gets copies of the audit log, how far each has come, and what it refuses.</summary>
internal static class AuditCollectorsCommand
{
    public static Command Create()
    {
        var command = new Command(
            "collectors",
            "Lists who gets copies of the audit log: how far each has come, why it waits, and which entries it refuses."
        )
        {
            AuditCollectorsReplayCommand.Create(),
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListCollectorsAsync(cancellationToken),
                    ApiJson.Default.CollectorList,
                    CollectorText.List
                )
        );
        return command;
    }
}
