using System.Text.RegularExpressions;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Service;

/// <summary>One API Management service, and who Bascule is there.</summary>
internal sealed partial record ApimOptions
{
    /// <summary>The connection's name in the settings.</summary>
    public required string Name { get; init; }

    public required ArmOptions Azure { get; init; }

    /// <summary>The subscription's id.</summary>
    public required string Subscription { get; init; }

    public required string ResourceGroup { get; init; }

    public required string Service { get; init; }

    public string Subject => Azure.Subject;

    /// <summary>The service's own id, which is its path too.</summary>
    public string ServiceId =>
        $"/subscriptions/{Subscription}/resourceGroups/{ResourceGroup}/providers/Microsoft.ApiManagement/service/{Service}";

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static ApimOptions? Read(string name, SettingReader settings, ConnectionHost host)
    {
        var azure = ArmOptions.Read($"platform '{name}'", settings, host);
        var place = ArmPlace.Read(settings);
        var service = ArmPlace.Name(
            settings,
            "service",
            "the service's name, without its domain",
            ServiceName().IsMatch
        );
        if (azure?.Account is ArmAccount.Federation { Planner: null })
            settings.Refuse(
                "login.federation.planner",
                "is missing",
                "write planner: the id of an application that may only read the service; `bascule connect` prints its role. Plans of pull requests are made by it"
            );
        if (settings.HasProblems || azure is null || place is null || service is null)
            return null;
        return new ApimOptions
        {
            Name = name,
            Azure = azure,
            Subscription = place.Subscription,
            ResourceGroup = place.ResourceGroup,
            Service = service,
        };
    }

    [GeneratedRegex(@"\A[A-Za-z](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceName();
}
