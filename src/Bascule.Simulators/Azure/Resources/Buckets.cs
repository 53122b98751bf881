using System.Globalization;

namespace Bascule.Simulators.Azure.Resources;

/// <summary>Says when somebody asks too often. Asking earlier than told is refused again.</summary>
internal sealed class Buckets(ArmThrottling throttling, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Bucket _reads = new("reads", throttling.Reads, throttling.ReadsPerSecond, time);
    private readonly Bucket _writes = new("writes", throttling.Writes, throttling.WritesPerSecond, time);
    private readonly Bucket _deletes = new("deletes", throttling.Deletes, throttling.DeletesPerSecond, time);

    /// <summary>Takes one; the header that tells what is left, and a refusal when nothing was.</summary>
    public (string Header, string Left, ArmReply? Refusal) Take(string method)
    {
        var bucket =
            method is "GET" or "HEAD" ? _reads
            : method == "DELETE" ? _deletes
            : _writes;
        lock (_gate)
        {
            var wait = bucket.Take();
            var header = $"x-ms-ratelimit-remaining-subscription-{bucket.Name}";
            return (header, bucket.Left.ToString(CultureInfo.InvariantCulture), wait is { } w ? TooMany(w) : null);
        }
    }

    private static ArmReply TooMany(TimeSpan wait) =>
        ArmReply
            .Refuse(
                429,
                "SubscriptionRequestsThrottled",
                "Number of requests for the subscription exceeded the limit; retry later."
            )
            .With("Retry-After", ((long)double.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));

    private sealed class Bucket(string name, int size, int perSecond, TimeProvider time)
    {
        private double _tokens = size;
        private DateTimeOffset _last = time.GetUtcNow();

        public string Name => name;

        public long Left => (long)_tokens;

        /// <returns>Null when there was one, otherwise how long until there is.</returns>
        public TimeSpan? Take()
        {
            var now = time.GetUtcNow();
            _tokens = double.Min(size, _tokens + ((now - _last).TotalSeconds * perSecond));
            _last = now;
            if (_tokens < 1)
                return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
            _tokens--;
            return null;
        }
    }
}
