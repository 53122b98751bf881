namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>The latest requests, as they came.</summary>
internal sealed class RequestLog
{
    private const int Kept = 50_000;
    private const int LargestContent = 1 << 20;
    private readonly Queue<RecordedRequest> _requests = new();
    private readonly Lock _gate = new();

    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_gate)
            return [.. _requests];
    }

    public void Add(RecordedRequest request)
    {
        if (request.Content.Length > LargestContent)
            request = request with { Content = request.Content[..LargestContent] };
        lock (_gate)
        {
            _requests.Enqueue(request);
            if (_requests.Count > Kept)
                _requests.Dequeue();
        }
    }
}
