using System.Threading.Channels;

namespace Bascule.Core.Secrets;

/// <summary>The secrets that a settings file names, in its order.</summary>
/// <param name="isReading">Whether those of this machine are read with the file. Without, only their form is checked: a command that uses none must not fail for want of one.</param>
public sealed class SettingSecrets(bool isReading = true)
{
    private const int MaxDoubts = 64;
    private readonly List<SettingSecret> _all = [];
    private readonly Channel<SettingSecret> _doubts = Channel.CreateBounded<SettingSecret>(
        new BoundedChannelOptions(MaxDoubts) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public bool IsReading => isReading;

    public IReadOnlyList<SettingSecret> All => _all;

    /// <summary>Those that a server has just refused.</summary>
    public ChannelReader<SettingSecret> Doubts => _doubts.Reader;

    internal void Add(SettingSecret secret)
    {
        secret.Doubted = () => _doubts.Writer.TryWrite(secret);
        _all.Add(secret);
    }
}
