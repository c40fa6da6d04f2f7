# Access tokens of root with values that were chosen outside, so that nobody has to copy them out of GitLab.
# A token that is there with the right value and months to live is left alone.
WANTED = {
  "kssc"     => ["/run/kssc/api-token", %w[api]],
  "kssc-scm" => ["/run/kssc/scm-token", %w[read_api read_repository]],
}.freeze

root = User.find_by_username!("root")
WANTED.each do |name, (path, scopes)|
  value = File.read(path).strip
  known = PersonalAccessToken.find_by_token(value)
  next if known&.active? && known.user_id == root.id && known.expires_at > 60.days.from_now.to_date

  root.personal_access_tokens.active.where(name: name).find_each(&:revoke!)
  known&.destroy!
  token = root.personal_access_tokens.build(name: name, scopes: scopes, expires_at: 364.days.from_now.to_date)
  token.set_token(value)
  token.save!
end
