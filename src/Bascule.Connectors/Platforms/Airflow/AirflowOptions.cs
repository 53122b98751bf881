using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Which public API a server has.</summary>
internal enum AirflowApi
{
    /// <summary>Airflow 2.</summary>
    V1,

    /// <summary>Airflow 3.</summary>
    V2,
}

/// <summary>One Airflow, and who Bascule is there.</summary>
internal sealed record AirflowOptions
{
    /// <summary>The connection's name in the settings.</summary>
    public required string Name { get; init; }

    /// <summary>Airflow's own address; it may have a path.</summary>
    public required Uri Url { get; init; }

    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    public required AirflowApi Api { get; init; }

    public required AirflowAccount Account { get; init; }

    /// <summary>The bundle that follows the deploy ref. Import errors of other bundles are not ours. Airflow 3 only.</summary>
    public string? Bundle { get; init; }

    public string Subject => $"platform '{Name}'";

    /// <summary>Before every path of the API.</summary>
    public string Base => Api == AirflowApi.V2 ? "/api/v2" : "/api/v1";

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AirflowOptions? Read(string name, SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://airflow.example.com");
        var ca = settings.CaFile("ca", host);
        if (settings.Find("version") is null)
            settings.Refuse("version", "is missing", "write version: 3, or 2 for an older Airflow");
        var version = settings.Number("version", 2, 3);
        var bundle = settings.Find("bundle") is null
            ? null
            : settings.RequiredText("bundle", "write the bundle's name, or remove the key");
        if (bundle is not null && version == 2)
            settings.Refuse("bundle", "is of Airflow 3: Airflow 2 has no bundles", "remove it");
        var account = AirflowAccount.Read(settings, host, version == 2);
        if (settings.HasProblems || url is null || version is null || account is null)
            return null;
        return new AirflowOptions
        {
            Name = name,
            Url = url,
            CaFile = ca,
            Api = version == 3 ? AirflowApi.V2 : AirflowApi.V1,
            Account = account,
            Bundle = bundle,
        };
    }
}
