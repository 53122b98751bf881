using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Provenance;

/// <summary><c>bascule provenance key rotate</c>: the next key, published before it signs.</summary>
internal static class ProvenanceKeyRotateCommand
{
    private static readonly Option<bool> Now = new("--now")
    {
        Description = "Sign by it at once, without the overlap: when the present key may be in other hands.",
    };

    public static Command Create()
    {
        var command = new Command(
            "rotate",
            "Publishes the next key, which takes over after the overlap; what former keys signed stays verifiable."
        )
        {
            Now,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.RotateProvenanceKeyAsync(parsed.GetValue(Now), cancellationToken),
                    ApiJson.Default.ProvenanceKeyRecord,
                    ProvenanceText.Rotated
                )
        );
        return command;
    }
}
