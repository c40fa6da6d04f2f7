# Run by `gitlab-rails runner`: makes the personal access tokens that the JSON file $KSS_TOKENS names, with the values in the
# credentials of the unit, and gives each of them another year.
#
# A token of one name and another value is revoked: that is how a value is changed. What one token lacks keeps no other waiting.
require "json"

wanted = JSON.parse(File.read(ENV.fetch("KSS_TOKENS")))
year = Date.today + 365
failed = []

wanted.each do |name, token|
  begin
    value = File.read(File.join(ENV.fetch("CREDENTIALS_DIRECTORY"), name)).strip
    raise "its value is empty" if value.empty?

    user = User.find_by_username(token["user"])
    raise "GitLab has no user #{token["user"]} yet" if user.nil?

    title = "kssc #{name}"
    found = PersonalAccessToken.find_by_token(value)
    user.personal_access_tokens.active.where(name: title).each { |old| old.revoke! unless found && old.id == found.id }
    if found && found.active? && found.user_id == user.id && found.scopes.map(&:to_s).sort == token["scopes"].sort
      found.update!(expires_at: year)
    else
      found&.destroy!
      fresh = user.personal_access_tokens.build(name: title, scopes: token["scopes"], expires_at: year)
      fresh.set_token(value)
      fresh.save!
    end
  rescue StandardError => e
    failed << "#{name}: #{e.message}"
  end
end

failed.each { |line| warn line }
exit 1 unless failed.empty?
