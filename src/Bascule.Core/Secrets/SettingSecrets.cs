namespace Bascule.Core.Secrets;

/// <summary>The secrets that a settings file names, in its order.</summary>
/// <param name="isReading">Whether those of this machine are read with the file. Without, only their form is checked: a command that uses none must not fail for want of one.</param>
public sealed class SettingSecrets(bool isReading = true)
{
    private readonly List<SettingSecret> _all = [];

    public bool IsReading => isReading;

    public IReadOnlyList<SettingSecret> All => _all;

    internal void Add(SettingSecret secret) => _all.Add(secret);
}
