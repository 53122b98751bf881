using System.Text.RegularExpressions;
using Bascule.Core.Settings;

namespace Bascule.Connectors.ResourceManager;

/// <summary>The resource group that a connection's resource is in.</summary>
/// <param name="Subscription">The subscription's id.</param>
internal sealed partial record ArmPlace(string Subscription, string ResourceGroup)
{
    /// <summary>The group's own id, which is its path too.</summary>
    public string Path => $"/subscriptions/{Subscription}/resourceGroups/{ResourceGroup}";

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static ArmPlace? Read(SettingReader settings)
    {
        var subscription = Name(settings, "subscription", "the subscription's id", IsId);
        var group = Name(settings, "resource_group", "the resource group's name", GroupName().IsMatch);
        return subscription is null || group is null ? null : new ArmPlace(subscription, group);
    }

    /// <summary>A name that must be there; null when it is not, or cannot be one.</summary>
    public static string? Name(SettingReader settings, string key, string what, Func<string, bool> isGood)
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
    private static partial Regex GroupName();
}
