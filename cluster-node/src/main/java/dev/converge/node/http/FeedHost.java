package dev.converge.node.http;

import dev.converge.pekko.FinalFeed;
import dev.converge.pekko.feed.FeedCursor;
import java.util.concurrent.CompletionStage;

/** What the routes need of the feed: in a node, {@link FinalFeed}. */
interface FeedHost {
  CompletionStage<FinalFeed.Page> page(FeedCursor from, int limit);

  CompletionStage<FeedCursor> end();

  CompletionStage<Void> moved();

  static FeedHost of(FinalFeed feed) {
    return new FeedHost() {
      @Override
      public CompletionStage<FinalFeed.Page> page(FeedCursor from, int limit) {
        return feed.page(from, limit);
      }

      @Override
      public CompletionStage<FeedCursor> end() {
        return feed.end();
      }

      @Override
      public CompletionStage<Void> moved() {
        return feed.moved();
      }
    };
  }
}
