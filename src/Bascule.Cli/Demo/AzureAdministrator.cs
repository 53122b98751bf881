using System.Text.Json;
using Bascule.Simulators.Azure.Entra;

namespace Bascule.Cli.Demo;

/// <summary>Stands in for an administrator of Entra, who pastes the commands that <c>bascule connect</c> prints. What is not in the command is not granted.</summary>
internal static class AzureAdministrator
{
    private const string Before = "federated-credential create --id ";

    /// <param name="applications">Of the tenant; a command is for one of them, or does nothing.</param>
    public static void Paste(string? command, params IEnumerable<EntraApplication> applications)
    {
        if (command?.IndexOf(Before, StringComparison.Ordinal) is not (>= 0 and var at))
            return;
        var call = command[(at + Before.Length)..];
        if (
            applications.FirstOrDefault(one => call.StartsWith(one.ClientId, StringComparison.Ordinal)) is not { } named
        )
            return;
        var parameters = JsonDocument.Parse(call.Split('\'')[1]).RootElement;
        named.Trust(
            new FederatedCredential(
                parameters.GetProperty("name").GetString()!,
                parameters.GetProperty("issuer").GetString()!,
                parameters.GetProperty("subject").GetString()!
            )
        );
    }
}
