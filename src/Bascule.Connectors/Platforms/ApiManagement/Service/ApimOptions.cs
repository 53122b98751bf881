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
        var subscription = Required(settings, "subscription", "the subscription's id", IsId);
        var group = Required(settings, "resource_group", "the resource group's name", ResourceGroupName().IsMatch);
        var service = Required(settings, "service", "the service's name, without its domain", ServiceName().IsMatch);
        if (azure?.Account is ArmAccount.Federation { Planner: null })
            settings.Refuse(
                "login.federation.planner",
                "is missing",
                "write planner: the id of an application that may only read the service; `bascule connect` prints its role. Plans of pull requests are made by it"
            );
        if (settings.HasProblems || azure is null || subscription is null || group is null || service is null)
            return null;
        return new ApimOptions
        {
            Name = name,
            Azure = azure,
            Subscription = subscription,
            ResourceGroup = group,
            Service = service,
        };
    }

    private static string? Required(SettingReader settings, string key, string what, Func<string, bool> isGood)
    {
        var text = settings.RequiredText(key, $"write {key}: {what}");
        if (text is null || isGood(text))
            return text;
        settings.Refuse(key, $"'{text}' cannot be that", $"write {what}, as the portal shows it");
        return null;
    }

    private static bool IsId(string text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, its ASCII part.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]\z", RegexOptions.CultureInvariant)]
    private static partial Regex ResourceGroupName();

    [GeneratedRegex(@"\A[A-Za-z](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceName();
}
