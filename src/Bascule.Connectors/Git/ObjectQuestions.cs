using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Git;

/// <summary>What is asked of a reader about commits and trees: small objects, held whole.</summary>
public static class ObjectQuestions
{
    /// <summary>The bytes of each object in the order asked; NotFound names the first that is not here, Invalid one of another type.</summary>
    public static async Task<Result<IReadOnlyList<byte[]>>> ReadAsync(
        this ObjectReader reader,
        string type,
        IReadOnlyList<string> ids,
        long max,
        CancellationToken cancellationToken
    )
    {
        var sink = new WholeObjects(type, max);
        var problem = await reader.StreamAsync(ids, sink, cancellationToken);
        return problem is not null ? problem : Result.Of<IReadOnlyList<byte[]>>(sink.Objects);
    }

    public static async Task<Result<CommitObject>> ReadCommitAsync(
        this ObjectReader reader,
        string id,
        TreeLimits limits,
        CancellationToken cancellationToken
    )
    {
        var read = await reader.ReadAsync("commit", [id], limits.MaxObjectBytes, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        return CommitObject.Parse(Encoding.UTF8.GetString(read.Value[0])) is { } commit
            ? commit
            : Problem.Invalid($"commit {id} is malformed");
    }

    public static async Task<Result<IReadOnlyDictionary<string, List<TreeItem>>>> ReadTreesAsync(
        this ObjectReader reader,
        IEnumerable<string> ids,
        TreeLimits limits,
        CancellationToken cancellationToken
    )
    {
        var trees = new Dictionary<string, List<TreeItem>>();
        var asked = ids.Distinct().ToList();
        var read = await reader.ReadAsync("tree", asked, limits.MaxObjectBytes, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        foreach (var (id, bytes) in asked.Zip(read.Value))
        {
            if (TreeItem.Parse(bytes, id.Length / 2) is not { } items)
                return Problem.Invalid($"tree {id} is malformed");
            trees.Add(id, items);
        }
        return Result.Of<IReadOnlyDictionary<string, List<TreeItem>>>(trees);
    }

    private sealed class WholeObjects(string type, long max) : IObjectSink
    {
        private byte[] _bytes = [];
        private int _have;

        public List<byte[]> Objects { get; } = [];

        public Problem? Begin(int index, ObjectHead head)
        {
            if (head.Type is null)
                return Problem.NotFound($"object {head.Id} is not in the mirror");
            if (head.Type != type)
                return Problem.Invalid($"object {head.Id} is a {head.Type}, not a {type}");
            if (head.Size > max)
                return Problem.Exceeded($"{type} {head.Id} has {head.Size} bytes, more than {max}");
            (_bytes, _have) = (new byte[head.Size], 0);
            return null;
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_bytes.AsSpan(_have));
            _have += bytes.Length;
        }

        public void End() => Objects.Add(_bytes);
    }
}
