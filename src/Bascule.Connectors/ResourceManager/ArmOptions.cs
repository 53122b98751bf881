using Bascule.Connectors.Entra;
using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Connectors.ResourceManager;

/// <summary>Azure Resource Manager, and who Bascule is there.</summary>
internal sealed record ArmOptions
{
    public static readonly Uri PublicUrl = new("https://management.azure.com");

    /// <summary>Begins every message, e.g. <c>platform 'gateway'</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Another one than <see cref="PublicUrl"/> in sovereign clouds.</summary>
    public required Uri Url { get; init; }

    /// <summary>Where Microsoft Entra signs in.</summary>
    public required Uri Authority { get; init; }

    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    public required ArmAccount Account { get; init; }

    /// <summary>What access tokens are asked for: the cloud's own address, also where <see cref="Url"/> leads there another way.</summary>
    public required Uri Audience { get; init; }

    public string Scope => $"{Audience.AbsoluteUri.TrimEnd('/')}/.default";

    /// <summary>The keys that every platform on Azure has; null when something is wrong, and all of it is in the reader then.</summary>
    public static ArmOptions? Read(string subject, SettingReader settings, ConnectionHost host)
    {
        var url = settings.Find("url") is null ? PublicUrl : settings.RequiredUrl("url", PublicUrl.OriginalString);
        var audience = settings.Find("audience") is null
            ? PublicUrl
            : settings.RequiredUrl("audience", PublicUrl.OriginalString);
        var authority = settings.Find("authority") is null
            ? EntraOptions.PublicAuthority
            : settings.RequiredUrl("authority", EntraOptions.PublicAuthority.OriginalString);
        var ca = settings.CaFile("ca", host);
        var account = ArmAccount.Read(settings);
        if (settings.HasProblems || url is null || audience is null || authority is null || account is null)
            return null;
        return new ArmOptions
        {
            Subject = subject,
            Url = url,
            Audience = audience,
            Authority = authority,
            CaFile = ca,
            Account = account,
        };
    }
}
