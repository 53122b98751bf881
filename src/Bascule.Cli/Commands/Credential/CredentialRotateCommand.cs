using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Credential;

/// <summary><c>bascule credential rotate</c>: replaces a forge's credential now, and waits until the new one is in force.</summary>
internal static class CredentialRotateCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private static readonly Argument<string> Forge = new("forge") { Description = "Its name in the settings." };

    public static Command Create()
    {
        var command = new Command(
            "rotate",
            "Replaces a forge's sealed credential now: makes a new one, reads it back, puts it in force, and ends the former one."
        )
        {
            Forge,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => RotateAsync(client, parsed.GetValue(Forge)!, cancellationToken),
                    ApiJson.Default.CredentialRecord,
                    CredentialText.Rotated
                )
        );
        return command;
    }

    private static async Task<Result<CredentialRecord>> RotateAsync(
        BasculeClient client,
        string forge,
        CancellationToken cancellationToken
    )
    {
        var asked = await client.RotateCredentialAsync(forge, cancellationToken);
        if (asked.Failed(out _))
            return asked;
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Longest)
        {
            var listed = await client.ListCredentialsAsync(cancellationToken);
            if (listed.Failed(out var problem))
                return problem;
            var now = listed.Value.Credentials.FirstOrDefault(one => one.Forge == forge);
            if (now is { Asked: false })
                return now.RotatedAt != asked.Value.RotatedAt
                    ? now
                    : Problem.Conflict($"the credential stays as it was: {now.Failure ?? "look at Bascule's log"}");
            await Task.Delay(Interval, cancellationToken);
        }
        return Problem.Unavailable(
            $"the rotation is still under way after {Longest.TotalMinutes:0} minutes; it goes on, see: bascule credential list"
        );
    }
}
