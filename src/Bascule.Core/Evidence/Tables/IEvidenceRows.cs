namespace Bascule.Core.Evidence.Tables;

/// <summary>A table whose rows are put together from several entries. It sees all of every log, in order.</summary>
internal interface IEvidenceRows
{
    void See(EvidenceEntry entry, Place place);

    void Finish(TableFiles files);
}
