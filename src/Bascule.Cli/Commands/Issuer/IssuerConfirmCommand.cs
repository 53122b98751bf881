using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Issuer;

/// <summary><c>bascule issuer confirm</c>: the second person's word for an issuer that is new in the settings.</summary>
internal static class IssuerConfirmCommand
{
    private static readonly Argument<string> Url = new("issuer")
    {
        Description = "Its address, letter for letter as `bascule issuer list` shows it.",
    };

    public static Command Create()
    {
        var command = new Command(
            "confirm",
            "Lets a new issuer of the settings count, as the administrator who is signed in."
        )
        {
            Url,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ConfirmIssuerAsync(parsed.GetValue(Url)!, cancellationToken),
                    ApiJson.Default.IssuerRecord,
                    confirmed => $"{confirmed.Issuer} counts from now on"
                )
        );
        return command;
    }
}
