using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Provenance;

/// <summary><c>bascule provenance key list</c>: by which keys statements about runs are signed.</summary>
internal static class ProvenanceKeyListCommand
{
    public static Command Create()
    {
        var command = new Command(
            "list",
            "Lists the keys that sign statements, did, or will: where each one is, and when it signs."
        );
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListProvenanceKeysAsync(cancellationToken),
                    ApiJson.Default.ProvenanceKeyList,
                    ProvenanceText.Keys
                )
        );
        return command;
    }
}
