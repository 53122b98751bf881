using Bascule.Core.Notebooks;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>The key of an environment that says what becomes of outputs; the same on every platform that takes notebooks.</summary>
internal static class NotebookSetting
{
    private const string Key = "notebook_outputs";

    public static NotebookOutputs Read(SettingReader settings)
    {
        switch (settings.Text(Key))
        {
            case null or "strip":
                return NotebookOutputs.Strip;
            case "keep":
                return NotebookOutputs.Keep;
            case "refuse":
                return NotebookOutputs.Refuse;
            default:
                settings.Refuse(
                    Key,
                    "is none of strip, keep and refuse",
                    "write one of them, or remove the key for strip"
                );
                return NotebookOutputs.Refuse;
        }
    }
}
