using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>What a workflow asks of API Management: that the service is as the commit says. There is nothing more to say: <c>apim: {}</c>.</summary>
internal sealed record ApimTask : PlatformTask
{
    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static ApimTask? Read(SettingReader settings)
    {
        settings.RefuseOthers();
        return settings.HasProblems ? null : new ApimTask();
    }
}
