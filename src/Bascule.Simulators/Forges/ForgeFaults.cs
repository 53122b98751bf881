using System.Text.RegularExpressions;

namespace Bascule.Simulators.Forges;

/// <summary>When a callback or a fault strikes: before the forge acts, or after it acted and before it answered.</summary>
public enum RequestPhase
{
    Before,
    After,
}

/// <summary>What went wrong is decided here; everything is off until a test turns it on.</summary>
public sealed class ForgeFaults
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private TaskCompletionSource? _paused;
    private int _duplicates;
    private int _drops;
    private int _attempts;

    /// <summary>Called with method, path and phase, before and after every request; throwing aborts the connection.</summary>
    public Action<string, string, RequestPhase>? OnRequest { get; set; }

    /// <summary>Share of webhooks that are lost, 0 to 1, spread evenly and without chance.</summary>
    public double DropShare { get; set; }

    /// <summary>How long every webhook waits before it is sent; the queue waits with it.</summary>
    public TimeSpan HookDelay { get; set; }

    public bool IsOffline
    {
        get
        {
            lock (_gate)
            {
                return _paused is not null;
            }
        }
    }

    /// <summary>Answers the next requests with a status and does nothing else.</summary>
    public void FailNext(string method, string pathPattern, int status, int count = 1) =>
        Add(new Rule(method, Compile(pathPattern), count) { Status = status });

    /// <summary>Acts on the next requests and then breaks the connection: the caller cannot know.</summary>
    public void LoseAnswerOfNext(string method, string pathPattern, int count = 1) =>
        Add(new Rule(method, Compile(pathPattern), count) { LosesAnswer = true });

    /// <summary>Acts on the next requests and answers with another status than it would have.</summary>
    public void FailAfterNext(string method, string pathPattern, int status, int count = 1) =>
        Add(new Rule(method, Compile(pathPattern), count) { Status = status, Acts = true });

    /// <summary>Answers matching requests with a redirect, until <see cref="Clear"/>.</summary>
    public void Redirect(string method, string pathPattern, int status, string location) =>
        Add(new Rule(method, Compile(pathPattern), int.MaxValue) { Status = status, Location = location });

    /// <summary>Sends each of the next webhooks twice: same id, same bytes.</summary>
    public void DuplicateNextHooks(int count = 1) => Interlocked.Add(ref _duplicates, count);

    /// <summary>Loses exactly the next webhooks.</summary>
    public void DropNextHooks(int count = 1) => Interlocked.Add(ref _drops, count);

    /// <summary>From now on every connection is broken and no webhook leaves.</summary>
    public void GoOffline()
    {
        lock (_gate)
        {
            _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void ComeBack()
    {
        lock (_gate)
        {
            _paused?.TrySetResult();
            _paused = null;
        }
    }

    /// <summary>Turns everything off.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
            _duplicates = _drops = 0;
        }

        OnRequest = null;
        DropShare = 0;
        HookDelay = TimeSpan.Zero;
        ComeBack();
    }

    internal Rule? Take(string method, string path)
    {
        lock (_gate)
        {
            var rule = _rules.Find(r => r.Left > 0 && r.Fits(method, path));
            if (rule is not null && rule.Left != int.MaxValue)
            {
                rule.Left--;
            }

            return rule;
        }
    }

    internal async Task BeforeHookAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Task? wait;
        lock (_gate)
        {
            wait = _paused?.Task;
        }

        if (wait is not null)
        {
            await wait.WaitAsync(cancellationToken);
        }

        if (HookDelay > TimeSpan.Zero)
        {
            await Task.Delay(HookDelay, time, cancellationToken);
        }
    }

    internal (int Copies, bool IsShare) NextHookFate()
    {
        lock (_gate)
        {
            if (_drops > 0)
            {
                _drops--;
                return (0, false);
            }

            // The n-th webhook is lost when the share of n passes a whole number: even and repeatable.
            _attempts++;
            if (DropShare > 0 && Math.Floor(_attempts * DropShare) > Math.Floor((_attempts - 1) * DropShare))
            {
                return (0, true);
            }

            if (_duplicates == 0)
            {
                return (1, false);
            }

            _duplicates--;
            return (2, false);
        }
    }

    private void Add(Rule rule)
    {
        lock (_gate)
        {
            _rules.Add(rule);
        }
    }

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.CultureInvariant, MatchLimit);

    internal sealed class Rule(string method, Regex path, int count)
    {
        public int Left { get; set; } = count;
        public int? Status { get; init; }
        public bool LosesAnswer { get; init; }
        public bool Acts { get; init; }
        public string? Location { get; init; }

        public bool Fits(string asked, string askedPath) =>
            (method == "*" || method.Equals(asked, StringComparison.OrdinalIgnoreCase)) && path.IsMatch(askedPath);
    }
}
