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

    public string Of(RunId id) => $"{id}.{masterKey.Mac("run-mark", id.Text)[..SealLength]}";
}
