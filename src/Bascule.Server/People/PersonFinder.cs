using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Text;

namespace Bascule.Server.People;

/// <summary>Who is meant by a text: a uid, or ISSUER#SUBJECT, which names people who were never here as well. Names and e-mail addresses name nobody (THREATS T39).</summary>
internal sealed class PersonFinder(IPeopleStore people, TimeProvider time)
{
    /// <summary>Somebody who is not known yet gets a uid; nothing is stored.</summary>
    public async Task<Result<Person>> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (await people.FindAsync(text, cancellationToken) is { } known)
            return known;
        var hash = text.LastIndexOf('#');
        if (hash < 1 || hash == text.Length - 1 || !Uri.IsWellFormedUriString(text[..hash], UriKind.Absolute))
            return Problem.NotFound(
                $"nobody is known as '{PlainText.Line(text, 100)}'; write a uid as `bascule person list` shows it, or ISSUER#SUBJECT"
            );
        var subject = new Subject(text[..hash], text[(hash + 1)..]);
        return await people.FindAsync(subject, cancellationToken)
            ?? new Person(Person.NewUid(), subject)
            {
                Name = subject.Id,
                FirstSeenAt = time.GetUtcNow(),
                LastSeenAt = time.GetUtcNow(),
            };
    }
}
