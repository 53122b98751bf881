using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Runs;
using Bascule.Server.Sealing;

namespace Bascule.Server.Runs;

/// <summary>
/// What <c>{{run}}</c> becomes: the run's id and a seal that only this installation can make, so that a tag invented by somebody with access to the
/// platform's workspace is recognised (THREATS T134).
/// </summary>
public sealed class RunMark(MasterKey masterKey)
{
    private const int SealLength = 24;

    /// <summary>The run whose mark it is; null when this installation did not make it.</summary>
    public RunId? Read(string mark)
    {
        var dot = mark.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !RunId.IsWellFormed(mark[..dot]))
            return null;
        var id = new RunId(mark[..dot]);
        var isOurs = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(id)),
            Encoding.UTF8.GetBytes(mark)
        );
        return isOurs ? id : null;
    }

    public string Of(RunId id) => $"{id}.{masterKey.Mac("run-mark", id.Text)[..SealLength]}";
}
